#include <sys/resource.h>
#include <malloc.h>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <cstdlib>
#include <map>
#include <numeric>
#include "train/fit.h"
#include "train/recurrence.h"
using namespace matchcue;
using namespace matchcue::train;
struct Row{int split,user,item; std::vector<int> ctx;};
int main(int argc, char** argv) {
  mallopt(M_MMAP_MAX, 0); mallopt(M_TRIM_THRESHOLD, 1<<30); mallopt(M_TOP_PAD, 64<<20);
  torch::set_num_threads(1);
  std::map<std::string,std::string> o; for (int i=1;i+1<argc;i+=2) o[argv[i]]=argv[i+1];
  auto num=[&](const char*k,double d){return o.count(k)?atof(o[k].c_str()):d;};
  std::ifstream in("/work/shared/data/frappe/topn.tsv"); std::string line; std::getline(in,line);
  std::vector<Row> rows; int U=957,I=4082; std::vector<int> sizes(7,0);
  while(std::getline(in,line)){ std::stringstream s(line); Row r; int v; s>>r.split>>r.user>>r.item; for(int k=0;k<8;k++){s>>v; if(k==4) continue; r.ctx.push_back(v);} rows.push_back(r); for(int k=0;k<7;k++) sizes[k]=std::max(sizes[k],r.ctx[k]+1);} 
  std::vector<int> first; int L=0; for(int x:sizes){first.push_back(L);L+=x+1;}
  // items metadata: category, downloads, developer? price language
  std::ifstream im("/work/shared/data/frappe/items.tsv"); std::getline(im,line); std::vector<std::map<int,std::string>> meta(I);
  std::map<std::string,int> lab; std::vector<std::vector<int>> item_labels(I);
  std::vector<int> use={2,3,5,6}; if(num("dev",1)) use.push_back(4);
  while(std::getline(im,line)){ std::vector<std::string> f; std::string c; std::stringstream s(line); while(std::getline(s,c,'\t')) f.push_back(c); int id=atoi(f[0].c_str()); for(int k:use) if(k<(int)f.size()){ auto key=std::to_string(k)+":"+f[k]; auto [it,n]=lab.try_emplace(key,(int)lab.size()); item_labels[id].push_back(it->second);} }
  bool usemeta=num("meta",1);
  int ML=usemeta?lab.size():0; auto shares=torch::zeros({I,ML}); if(usemeta) for(int i=0;i<I;i++) for(int l:item_labels[i]) shares[i][l]=1;
  printf("labels %d rows %zu\n",ML,rows.size());
  int seed=num("seed",1); torch::manual_seed(seed); std::mt19937_64 rnd(seed);
  NetworkShape sh; sh.items=I; sh.item_labels=ML; sh.viewers=U; sh.context_labels=L; sh.blocks=0; sh.width=num("width",64); sh.gate=num("gate",0);
  double drop=num("drop",.3);
  Network net(sh,shares,drop);
  FitOptions f; double lr=num("lr",2e-3), wd=num("wd",.03); int epochs=num("epochs",20), bs=num("bs",512); double iddrop=num("iddrop",0), smooth=num("uw",0);
  std::vector<int> tr,va,te; for(int r=0;r<(int)rows.size();r++) (rows[r].split==0?tr:rows[r].split==1?va:te).push_back(r);
  std::vector<float> cnt(I,1); for(int r:tr) cnt[rows[r].item]++; { torch::NoGradGuard g; auto l=torch::log(torch::tensor(cnt)); net->item_bias().copy_(l-l.mean()); }
  // user counts
  auto uc=torch::zeros({U,I}); for(int r:tr) uc.data_ptr<float>()[rows[r].user*I+rows[r].item]+=1;
  auto batch_of=[&](const std::vector<int>&ids,size_t b,size_t n){ Batch B; auto N=(long)n; B.items=torch::zeros({N,1},torch::kInt64); B.viewer_ids=torch::zeros({N},torch::kInt64); B.asked=torch::zeros({N,7},torch::kInt64); B.targets=torch::zeros({N},torch::kInt64); B.places=torch::arange(N); B.viewers=torch::zeros({N,0}); for(size_t k=0;k<n;k++){auto&r=rows[ids[b+k]]; B.viewer_ids.data_ptr<long>()[k]=r.user; B.targets.data_ptr<long>()[k]=r.item; for(int c=0;c<7;c++) B.asked.data_ptr<long>()[k*7+c]=first[c]+r.ctx[c];} return B;};
  std::vector<torch::Tensor> P,M,V,A; for(auto&p:net->parameters()){P.push_back(p);M.push_back(torch::zeros_like(p));V.push_back(torch::zeros_like(p));A.push_back(p.detach().clone());}
  long step=0,total=(long)epochs*((tr.size()+bs-1)/bs);
  auto swap=[&]{torch::NoGradGuard g; for(size_t k=0;k<P.size();k++){auto c=P[k].detach().clone();P[k].copy_(A[k]);A[k]=c;}};
  auto eval=[&](const std::vector<int>&ids,const char*name){ torch::NoGradGuard g; net->eval(); auto items=net->item_vectors(); std::vector<double> ws={0,.25,.5,.75,1,1.5}; std::vector<double> hr(ws.size()),nd(ws.size());
    for(size_t b=0;b<ids.size();b+=1000){ size_t n=std::min<size_t>(1000,ids.size()-b); auto B=batch_of(ids,b,n); auto q=net->queries(B,torch::zeros({(long)n,0,sh.width})); auto lg=torch::addmm(net->bias(),q,items.t()); auto extra=torch::log1p(uc.index_select(0,B.viewer_ids)); for(size_t w=0;w<ws.size();w++){ auto s=lg+ws[w]*extra; auto t=s.gather(1,B.targets.unsqueeze(1)); auto rk=(s>=t).sum(1); auto acc=rk.accessor<long,1>(); for(size_t k=0;k<n;k++) if(acc[k]<=10){hr[w]++;nd[w]+=1/std::log2(1.+acc[k]);} } }
    printf("  %s",name); for(size_t w=0;w<ws.size();w++) printf("  %.2f: %.4f/%.4f",ws[w],hr[w]/ids.size(),nd[w]/ids.size()); printf("\n"); fflush(stdout); net->train(); };
  for(int e=1;e<=epochs;e++){ std::shuffle(tr.begin(),tr.end(),rnd); double loss=0; net->train();
    for(size_t b=0;b<tr.size();b+=bs){ size_t n=std::min<size_t>(bs,tr.size()-b); auto B=batch_of(tr,b,n); auto items=net->item_vectors(iddrop); auto q=net->queries(B,torch::zeros({(long)n,0,sh.width})); if(num("idrop",0)>0) items=torch::dropout(items,num("idrop",0),true); auto l=catalogue_cross_entropy(q,items,net->bias(),B.targets); l.backward(); loss+=l.item<double>()*n;
      torch::NoGradGuard g; step++; double rate=lr*std::min(1.,step/150.)*(.02+.98*.5*(1+cos(M_PI*step/total))); 
      for(size_t k=0;k<P.size();k++){ if(!P[k].grad().defined()) continue; auto gr=P[k].grad(); M[k].mul_(.9).add_(gr,.1); V[k].mul_(.98).addcmul_(gr,gr,.02); if(P[k].dim()>1) P[k].mul_(1-rate*wd); P[k].addcdiv_(M[k],(V[k]/(1-pow(.98,step))).sqrt_().add_(1e-8),-rate/(1-pow(.9,step))); A[k].mul_(.99).add_(P[k],.01); gr.zero_(); } }
    rusage ru; getrusage(RUSAGE_SELF,&ru); printf("epoch %d loss %.4f cpu %.0f\n",e,loss/tr.size(),(double)ru.ru_utime.tv_sec); if(e%2==0||e==epochs){swap(); eval(va,"val"); if(e==epochs&&o.count("test")) eval(te,"TEST"); swap();} fflush(stdout);
  }
}
